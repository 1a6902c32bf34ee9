import { useQuery } from "@tanstack/react-query";
import { createContext, type ReactNode, useContext } from "react";
import { ApiFailure, api } from "./api.ts";
import type { Session } from "./api-types.ts";

const SessionContext = createContext<Session | null>(null);

export const SESSION = {
  queryKey: ["session"],
  queryFn: api.session,
  staleTime: 60_000,
  retry: false,
} as const;

/** Below the shell there always is one. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("there is no session here");
  return session;
}

export type Scope = "inference" | "read" | "manage" | "admin";

/** As the server decides it: `admin` is everything, `manage` includes `read`. */
export function grants(scopes: readonly string[], needed: Scope): boolean {
  return (
    scopes.includes(needed) || scopes.includes("admin") || (needed === "read" && scopes.includes("manage"))
  );
}

export function useMay(needed: Scope): boolean {
  return grants(useSession().scopes, needed);
}

interface Gate {
  children: ReactNode;
  waiting: ReactNode;
  signedOut: ReactNode;
  failed: (error: Error) => ReactNode;
}

export function SessionGate({ children, waiting, signedOut, failed }: Gate) {
  const { data, error, isPending } = useQuery(SESSION);
  // Before what is still known: that is of a session that is over.
  if (error instanceof ApiFailure && error.status === 401) return signedOut;
  if (data) return <SessionContext value={data}>{children}</SessionContext>;
  return isPending ? waiting : failed(error);
}

/** By a right of the role beyond its scopes, or by a scope that includes it. */
export function useMayRight(right: string, orScope: Scope): boolean {
  const { rights, scopes } = useSession();
  return rights.includes(right) || grants(scopes, orScope);
}

/** Which roles have a scope, in words. */
const WHO: Record<Scope, string> = {
  inference: "a developer, an admin or an owner",
  read: "any member",
  manage: "an admin or an owner",
  admin: "the operator: an owner of the first organization",
};

export function whoMay(scope: Scope): string {
  return WHO[scope];
}

/** True for who may make and unmake owners. */
export function useIsOwner(): boolean {
  return useSession().role === "owner";
}
