import * as z from 'zod/mini';

export const MAX_ACCOUNTS = 50;

/** Kebab-case, unique, never renamed. */
export const ProviderId = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/));
export const AccountId = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/));

/** What the user may set on an account. Never a secret. */
export const AccountOptions = z.object({
  /** Replaces the provider's address; https, or http to loopback. The account's key goes to this origin and no other. */
  baseUrl: z.optional(z.string().check(z.maxLength(500))),
  /** The folder of a local tool, in place of the default ones: absolute. */
  home: z.optional(z.string().check(z.maxLength(4096))),
  /** Minutes between polls; the provider's own floor still holds. */
  intervalMinutes: z.optional(z.number().check(z.minimum(1), z.maximum(1440))),
  /** A monthly budget in US dollars; 0 is not a budget. */
  monthlyBudgetUsd: z.optional(z.number().check(z.positive(), z.maximum(1e9))),
});
export type AccountOptions = Readonly<z.infer<typeof AccountOptions>>;

/** One credential or one log root of a provider. */
export const Account = z.object({
  id: AccountId,
  providerId: ProviderId,
  alias: z.string().check(z.trim(), z.minLength(1), z.maxLength(60)),
  options: AccountOptions,
  createdAt: z.number(),
});
export type Account = Readonly<z.infer<typeof Account>>;

/** What `addAccount` takes; the engine gives the id. */
export const AccountDraft = z.pick(Account, { providerId: true, alias: true, options: true });
export type AccountDraft = Readonly<z.infer<typeof AccountDraft>>;
