import * as z from 'zod/mini';

export const MAX_ACCOUNTS = 50;

/** Kebab-case, unique, never renamed. */
export const ProviderId = z.string().check(z.regex(/^[a-z][a-z0-9-]{0,39}$/));
export const AccountId = z.string().check(z.regex(/^[a-z0-9][a-z0-9-]{0,63}$/));

const options = {
  /** Replaces the provider's address; https, or http to loopback. The account's key goes to this origin and no other. */
  baseUrl: z.string().check(z.maxLength(500)),
  /** The folder of a local tool, in place of the default ones: absolute. */
  home: z.string().check(z.maxLength(4096)),
  /** Minutes between polls; the provider's own floor still holds. */
  intervalMinutes: z.number().check(z.minimum(1), z.maximum(1440)),
  /** A monthly budget in US dollars; 0 is not a budget. */
  monthlyBudgetUsd: z.number().check(z.positive(), z.maximum(1e9)),
};

/** What the user may set on an account. Never a secret. */
export const AccountOptions = z.partial(z.object(options));
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

/** What is to be another on an account: the rest stays as it is, whatever a window knows of it. Of options null takes one away. */
export const AccountChanges = z.object({
  alias: z.optional(Account.shape.alias),
  options: z.optional(z.partial(z.object({
    baseUrl: z.nullable(options.baseUrl), home: z.nullable(options.home), intervalMinutes: z.nullable(options.intervalMinutes), monthlyBudgetUsd: z.nullable(options.monthlyBudgetUsd),
  }))),
});
export type AccountChanges = Readonly<z.infer<typeof AccountChanges>>;

export function withChanges(account: Account, { alias = account.alias, options: changes = {} }: AccountChanges): Account {
  const all = Object.entries({ ...account.options, ...changes }).filter(([, value]) => value !== null && value !== undefined);
  return { ...account, alias, options: Object.fromEntries(all) };
}

/** What `addAccount` takes; the engine gives the id. */
export const AccountDraft = z.pick(Account, { providerId: true, alias: true, options: true });
export type AccountDraft = Readonly<z.infer<typeof AccountDraft>>;
