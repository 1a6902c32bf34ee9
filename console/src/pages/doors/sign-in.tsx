import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { api } from "../../api.ts";
import { useGo } from "../../location.tsx";
import { Button } from "../../parts/button.tsx";
import { TextField } from "../../parts/field.tsx";
import { Note } from "../../parts/notice.tsx";
import { SESSION } from "../../session.tsx";
import { Door } from "./door.tsx";

/** At its own address, and in the place of any page whose session is missing or over: there it stays afterwards. */
export function SignIn() {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const client = useQueryClient();
  const go = useGo();
  useEffect(() => {
    document.title = "Sign in · Nyuro";
  }, []);
  const enter = useMutation({
    mutationFn: () => api.signIn(email, password),
    onSuccess: () => {
      void client.resetQueries({ queryKey: SESSION.queryKey });
      if (location.pathname.endsWith("/sign-in")) go("/");
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate();
  };
  return (
    <Door title="Sign in to Nyuro">
      <form onSubmit={submit} className="grid gap-4">
        <TextField
          label="Email"
          type="email"
          name="email"
          autoComplete="username"
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
        <TextField
          label="Password"
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        {enter.error && (
          <Note tone="bad" role="alert">
            {enter.error.message}
          </Note>
        )}
        <Button type="submit" kind="main" isBusy={enter.isPending}>
          Sign in
        </Button>
        <p className="text-quiet">
          No account? An owner can invite you. The first one is made with the link that the gateway prints
          when it starts, or that <code>nyuro console link</code> prints.
        </p>
      </form>
    </Door>
  );
}
