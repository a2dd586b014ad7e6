/**
 * OpenAI organisation: costs, tokens by model and project, monthly spend limit.
 * Source: GET /organization/costs, /organization/usage/completions, /organization/spend_limit of https://api.openai.com/v1; the
 *         vendor's openapi.json 2.3.0 of 2026-08-21, platform.openai.com/docs/api-reference/usage; test/fixtures/openai.
 * Units:  costs in US dollars, the spend limit in US cents there; micro-dollars here. Times are Unix seconds, days are UTC.
 * Standing: official. Costs are the bill and may lag by hours; tokens times list price would not equal them and is not shown.
 */
import * as z from 'zod/mini';
import { MINUTE_MS } from '../core/time';
import type { HttpError } from './httpError';
import { foreignKey } from './keyForms';
import { readSpendLimit, SPEND_LIMIT } from './openaiLimit';
import { readOpenaiCosts, readOpenaiTokens } from './openaiReports';
import { nothingLeft, optional } from './optional';
import { emptyReading, type Provider } from './provider';
import { silentReports } from './reports';

const NEEDED = 'An admin key (sk-admin-…) is needed; organization owners make one under Settings > Organization > Admin keys.';
/** Embeddings and moderation have reports of their own, which are not asked for. */
const LEFT_OUT = 'Costs may be hours late; tokens leave out embeddings and moderation.';

export const openai: Provider = {
  info: {
    id: 'openai',
    name: 'OpenAI',
    summary: "The organization's costs, tokens by model and project, spend limit",
    standing: 'official',
    credential: {
      kind: 'api-key',
      hint: `${NEEDED} It can also change members and keys, so guard it well. ChatGPT plans are not part of this API.`,
      url: 'https://platform.openai.com/settings/organization/admin-keys',
      example: 'sk-admin-…',
    },
    baseUrl: 'https://api.openai.com/v1',
    minIntervalMs: 5 * MINUTE_MS,
    defaultIntervalMs: 30 * MINUTE_MS,
  },
  hosts: ['api.openai.com'],
  authorize: secret => ({ authorization: `Bearer ${secret}` }),
  refuseKey: secret => (/^sk-(proj|svcacct)-/.test(secret)
    ? `A ${secret.startsWith('sk-proj-') ? 'project' : 'service account'} key cannot see costs and usage. ${NEEDED}`
    : foreignKey(secret, 'OpenAI')),
  explainRefusal,
  async read(context) {
    const left = nothingLeft();
    const costs = await readOpenaiCosts(context);
    const tokens = await readOpenaiTokens(context);
    const meters = await optional(context.signal, left, { what: 'The spend limit', part: { meter: SPEND_LIMIT } }, () => readSpendLimit(context, costs));
    return { ...emptyReading(context.now), ...left, meters: meters ?? [], usage: [costs, tokens], notes: [...left.notes, ...silentReports('OpenAI', [costs, tokens]), LEFT_OUT] };
  },
};

const ErrorBody = z.object({ error: z.object({ message: z.optional(z.string()), code: z.optional(z.nullable(z.string())) }) });

/** The vendor uses 401 and 403 alike for keys without the permission; only its words tell them from unknown keys. */
function explainRefusal(secret: string, refusal: HttpError): string | null {
  const { data } = z.safeParse(ErrorBody, refusal.body());
  if (data?.error.code === 'invalid_api_key') return null;
  if (/api\.usage\.read|insufficient permission|missing scope/i.test(data?.error.message ?? '')) return `This key lacks the permission to read usage (api.usage.read). ${NEEDED}`;
  return refusal.status === 403 && !secret.startsWith('sk-admin-') ? `This key cannot see costs and usage. ${NEEDED}` : null;
}
