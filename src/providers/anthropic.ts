/**
 * Anthropic organisation: costs and tokens by model and workspace.
 * Source: GET /v1/organizations/cost_report, /usage_report/messages, /me of https://api.anthropic.com;
 *         platform.claude.com/docs/en/manage-claude/usage-cost-api, read 2026-09; test/fixtures/anthropic.
 * Units:  costs are decimal strings in US CENTS with fractions there, micro-dollars here. Times are RFC 3339, days are UTC.
 * Standing: official. Costs leave out Priority Tier; the vendor offers no balance, and nothing on Pro and Max plans.
 */
import * as z from 'zod/mini';
import { MINUTE_MS } from '../core/time';
import { readAnthropicCosts, readAnthropicTokens } from './anthropicReports';
import type { HttpError } from './httpError';
import { foreignKey } from './keyForms';
import { nothingLeft, optional } from './optional';
import { emptyReading, parseBody, type Provider } from './provider';
import { silentReports } from './reports';

const NEEDED = 'An admin key (sk-ant-admin…) is needed; admins of an organization make one in the Console under Admin keys.';
/** It is billed in another way. */
const LEFT_OUT = 'Costs leave out Priority Tier.';

const Organization = z.object({ name: z.string().check(z.maxLength(300)) });

export const anthropic: Provider = {
  info: {
    id: 'anthropic',
    name: 'Anthropic',
    summary: "The organization's costs and tokens by model and workspace",
    standing: 'official',
    credential: {
      kind: 'api-key',
      hint: `${NEEDED} Individual accounts have none. The key can also change members and keys, so guard it well.`,
      url: 'https://platform.claude.com/docs/en/manage-claude/usage-cost-api',
      example: 'sk-ant-admin01-…',
    },
    baseUrl: 'https://api.anthropic.com',
    minIntervalMs: MINUTE_MS,
    defaultIntervalMs: 15 * MINUTE_MS,
  },
  hosts: ['api.anthropic.com'],
  // Tokens of a sign-in go another way than keys.
  authorize: secret => ({ 'anthropic-version': '2023-06-01', ...secret.startsWith('sk-ant-oat') ? { authorization: `Bearer ${secret}` } : { 'x-api-key': secret } }),
  refuseKey: secret => foreignKey(secret, 'Anthropic'),
  explainRefusal,
  async read(context) {
    const left = nothingLeft();
    const costs = await readAnthropicCosts(context);
    const tokens = await readAnthropicTokens(context);
    const me = await optional(context.signal, left, { what: "The organization's name", part: 'identity' }, async () => parseBody(Organization, await context.getJson('/v1/organizations/me')));
    return { ...emptyReading(context.now), ...left, usage: [costs, tokens], identity: me?.name ?? null, notes: [...left.notes, ...silentReports('Anthropic', [costs, tokens]), LEFT_OUT] };
  },
};

/** Some ordinary keys and sign-in tokens do work here, so they are tried first and explained only when refused. */
function explainRefusal(secret: string, { status }: HttpError): string | null {
  if (secret.startsWith('sk-ant-api')) return `This is an ordinary API key, which cannot see costs and usage. ${NEEDED}`;
  if (secret.startsWith('sk-ant-oat')) return `This is the token of a sign-in, which cannot see costs and usage. ${NEEDED}`;
  return status === 403 ? `This key is limited to a workspace or lacks the permission to read usage. ${NEEDED}` : null;
}
