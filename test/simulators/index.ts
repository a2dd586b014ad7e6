/** Starts a vendor on loopback: `startSimulator('openai', { now, keys: { 'sk-admin-…': 'admin' } })`. */
import { answerAnthropic, type AnthropicOptions } from './anthropic';
import { answerOpenai, type OpenaiOptions } from './openai';
import { answerOpenrouter, type OpenrouterOptions } from './openrouter';
import { serve, type Fault, type Simulator } from './server';

export type { Fault, SeenRequest, Simulator } from './server';

interface VendorOptions {
  readonly openai: OpenaiOptions;
  readonly anthropic: AnthropicOptions;
  readonly openrouter: OpenrouterOptions;
}
export type Vendor = keyof VendorOptions;

export type SimulatorOptions<V extends Vendor> = Partial<VendorOptions[V]> & Pick<VendorOptions[V], 'keys'> & {
  /** The simulator's time, epoch ms; a function for time that goes on. */
  readonly now: number | (() => number);
  /** By path below the base URL, or '*'. */
  readonly faults?: Readonly<Record<string, Fault>>;
};

const start: { readonly [V in Vendor]: (options: SimulatorOptions<V>) => Promise<Simulator> } = {
  openai: ({ now, faults, ...options }) =>
    serve({ basePath: '/v1', now, faults, answer: answerOpenai({ seed: 1, pageSize: null, spendLimitCents: 50_000, ...options }) }),
  anthropic: ({ now, faults, ...options }) =>
    serve({ basePath: '', now, faults, answer: answerAnthropic({ seed: 1, pageSize: null, organization: 'Example Org', ...options }) }),
  openrouter: ({ now, faults, ...options }) => serve({
    basePath: '/api/v1', now, faults,
    answer: answerOpenrouter({ seed: 1, limit: { amount: 100, remaining: 74.5, reset: 'monthly' }, credits: 500, keyCount: 2, ...options }),
  }),
};

export const startSimulator = <V extends Vendor>(vendor: V, options: SimulatorOptions<V>): Promise<Simulator> => start[vendor](options);
