import type { Budgets } from "../budget/budgets.ts";

/** What a request needs of budgets. */
export type Funds = Pick<Budgets, "hold" | "refused"> & {
  balances: Pick<Budgets["balances"], "leftFor" | "figures">;
};

/** How budgets are kept, as the config says. */
export interface BudgetSettings {
  defaultOutputTokens: number;
  onLimit: "cut" | "finish";
  unknownPrice: "skip" | "allow";
}
