import * as z from 'zod/mini';
import { Client, MAX_CLIENTS } from './clients';
import { ModelAliases, OwnPrices } from './ownPrices';
import { Standing } from './reading';

/** Absolute folders. */
export const LogFolders = z.array(z.string().check(z.trim(), z.maxLength(1000), z.regex(/^(?:[\\/]|[A-Za-z]:[\\/])/))).check(z.maxLength(20));

/** What a header can hold. */
export const HeaderValue = z.string().check(z.maxLength(1000), z.regex(/^[\x20-\x7e]*$/));

/** What the engine needs to know of the user's settings. The host fills it from `quotaMonitor.*` and VS Code's `http.*`. */
export const EngineSettings = z.object({
  /** IANA zone whose days are shown: the user's own, or 'UTC'. */
  zone: z.string().check(z.maxLength(60)),
  /** The least official source that may be read: 'official' < 'vendor-file' < 'unofficial'. */
  standing: Standing,
  /** Minutes between polls for accounts that do not say; null: the provider's default. */
  intervalMinutes: z.nullable(z.number().check(z.minimum(1), z.maximum(1440))),
  /** By how much longer accounts wait for the next poll while no window has the focus; 1: no longer. */
  unfocusedPollFactor: z.number().check(z.minimum(1), z.maximum(24)),
  /** Threads that read large logs at once; 0: half of the machine's processors, at least one. */
  scanThreads: z.number().check(z.int(), z.minimum(0), z.maximum(256)),
  /** Folders of local tools beside their default ones, by provider id. */
  logFolders: z.record(z.string().check(z.maxLength(60)), LogFolders),
  /** Prices and names of models that come before the price table's. */
  prices: OwnPrices,
  modelAliases: ModelAliases,
  /** Whom projects are for. */
  clients: z.array(Client).check(z.maxLength(MAX_CLIENTS)),
  /** Where on this machine's loopback telemetry is received; null: nowhere. */
  otlpPort: z.nullable(z.number().check(z.int(), z.minimum(1024), z.maximum(65_535))),
  /** Days that daily history is kept; null: for ever. */
  retentionDays: z.nullable(z.number().check(z.minimum(30), z.maximum(36_500))),
  /** Shares of a cap at which an account is shown as warning and critical. */
  warningRatio: z.number().check(z.minimum(0.01), z.maximum(1)),
  criticalRatio: z.number().check(z.minimum(0.01), z.maximum(1)),
  /** Shares of a cap at which a toast is shown, ascending. Empty: none. */
  notifyRatios: z.array(z.number().check(z.minimum(0.01), z.maximum(2))).check(z.maxLength(5)),
  /** http.proxy, as it was typed: one that cannot be used is refused, not gone past. Null: HTTPS_PROXY and NO_PROXY of the environment. */
  proxy: z.nullable(z.string().check(z.maxLength(500))),
  /** http.proxyAuthorization: the whole header, for the proxy alone. Null: what the proxy's address says, if anything. */
  proxyAuthorization: z.nullable(HeaderValue),
  /** http.noProxy; all hosts ('*') where http.proxySupport is off. */
  noProxy: z.array(z.string().check(z.maxLength(300))),
  /** http.proxyStrictSSL. False turns certificate checks off towards the proxy only, never towards a provider. */
  proxyStrictSsl: z.boolean(),
});
export type EngineSettings = Readonly<z.infer<typeof EngineSettings>>;

/** How the host and the webview write numbers. The engine does not need it. */
export const DisplaySettings = z.object({
  /** BCP 47: VS Code's display language. */
  locale: z.string().check(z.maxLength(60)),
  /** Whether a percent says what is used or what is left; the word stands beside it either way. */
  percent: z.enum(['used', 'left']),
});
export type DisplaySettings = Readonly<z.infer<typeof DisplaySettings>>;

export { defaultDisplaySettings } from './barSettings';

export const defaultEngineSettings: EngineSettings = {
  zone: 'UTC',
  standing: 'vendor-file',
  intervalMinutes: null,
  unfocusedPollFactor: 3,
  scanThreads: 0,
  logFolders: {},
  prices: {},
  modelAliases: {},
  clients: [],
  otlpPort: null,
  retentionDays: 180,
  warningRatio: 0.7,
  criticalRatio: 0.9,
  notifyRatios: [0.8, 0.95],
  proxy: null,
  proxyAuthorization: null,
  noProxy: [],
  proxyStrictSsl: true,
};
