/** The user's settings, as typed by hand in settings.json: parsed and bounded here, once, so that nothing behind has to doubt them. */
import * as z from 'zod/mini';
import { notUsable, readBarSettings, type BarSettings, type BarSource } from './barSettings';
import { Client, MAX_CLIENTS } from './clients';
import { ModelName, OwnPrice } from './ownPrices';
import { Standing } from './reading';
import { defaultEngineSettings, HeaderValue, LogFolders, type EngineSettings } from './settings';

export interface UserSettings extends BarSettings {
  readonly engine: EngineSettings;
}

/** Where the values come from. */
export interface SettingsSource extends BarSource {
  /** The machine's IANA zone. */
  readonly zone: string;
}

/** The one that OpenTelemetry's exporters send to unless told otherwise. */
const DEFAULT_OTLP_PORT = 4318;

const percent = (max: number): z.ZodMiniNumber => z.number().check(z.minimum(1), z.maximum(max));

const MAX_PROXY = 500;
const isProxyUrl = (text: string): boolean => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
/** In place of a proxy that cannot even be kept. */
const NO_ADDRESS = 'no address';

/** One that cannot be used is kept, for the engine to refuse: whoever named a proxy wants nothing sent past it. Null: none is named. */
function readProxy(value: unknown): { readonly proxy: string | null; readonly problem: string | null } {
  if (value === undefined || value === null || value === '') return { proxy: null, problem: null };
  const proxy = typeof value === 'string' && value.length <= MAX_PROXY ? value : NO_ADDRESS;
  return { proxy, problem: isProxyUrl(proxy) ? null : 'The setting http.proxy is not an address that begins with http:// or https://: what would go through it is not sent.' };
}

const MAX_ENTRIES = 1000;
/** Characters of what is repeated of a setting. */
const MAX_NAMED = 100;

const leftOut = (name: string, entry: string, fields: readonly string[]): string =>
  `The setting quotaMonitor.${name} has ${entry} that cannot be used (${fields.join(', ').slice(0, MAX_NAMED)}): it is left out.`;
const ordinal = (place: number): string => `${place}${['th', 'st', 'nd', 'rd'][place % 100 > 10 && place % 100 < 14 ? 0 : place % 10] ?? 'th'}`;
/** What does not fit, by its name, whether it is known or not. */
const fieldsOf = (issues: readonly { readonly path: readonly PropertyKey[]; readonly keys?: readonly string[] }[]): readonly string[] =>
  [...new Set(issues.flatMap(({ path, keys }) => keys ?? [path.join('.') || 'its value']))];

/** @returns the settings, and a sentence for each value that was no good and for which the default stands. Values are not repeated in it, names are. */
export function readUserSettings(source: SettingsSource): { readonly settings: UserSettings; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const read = <T>(name: string, schema: z.ZodMiniType<T>, fallback: T): T => {
    const value = source.get(name);
    if (value === undefined) return fallback;
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    problems.push(notUsable(name));
    return fallback;
  };
  const own = <T>(name: string, schema: z.ZodMiniType<T>, fallback: T): T => read(`quotaMonitor.${name}`, schema, fallback);

  /** Each entry by itself: a bad one is left out and named, and the others stand. */
  const entries = <T>(name: string, schema: z.ZodMiniType<T>): Record<string, T> => {
    const all = own(name, z.record(z.string(), z.unknown()), {});
    return Object.fromEntries(Object.entries(all).slice(0, MAX_ENTRIES).flatMap(([key, value]) => {
      const entry = z.tuple([ModelName, schema]).safeParse([key, value]);
      if (entry.success) return [entry.data];
      const fields = fieldsOf(entry.error.issues.map(issue => (issue.path[0] === 0 ? { ...issue, path: ['its name'] } : { ...issue, path: issue.path.slice(1) })));
      problems.push(leftOut(name, `an entry "${key.slice(0, MAX_NAMED)}"`, fields));
      return [];
    }));
  };
  /** The same of a list, whose entries are known by their place. */
  const items = <T>(name: string, schema: z.ZodMiniType<T>, max: number): T[] => {
    const all = own(name, z.array(z.unknown()).check(z.maxLength(max)), []);
    return all.flatMap((value, index) => {
      const item = schema.safeParse(value);
      if (item.success) return [item.data];
      problems.push(leftOut(name, `a ${ordinal(index + 1)} entry`, fieldsOf(item.error.issues)));
      return [];
    });
  };

  const standard = defaultEngineSettings;
  let warningRatio = own('warningPercent', percent(100), standard.warningRatio * 100) / 100;
  let criticalRatio = own('criticalPercent', percent(100), standard.criticalRatio * 100) / 100;
  if (warningRatio > criticalRatio) {
    problems.push('The setting quotaMonitor.warningPercent is above quotaMonitor.criticalPercent: the defaults are used instead.');
    ({ warningRatio, criticalRatio } = standard);
  }
  const proxySupport = read('http.proxySupport', z.enum(['off', 'on', 'fallback', 'override']), 'override');
  const { proxy, problem } = readProxy(source.get('http.proxy'));
  if (problem !== null) problems.push(problem);
  const otlpPort = own('otlp.port', z.number().check(z.int(), z.minimum(1024), z.maximum(65_535)), DEFAULT_OTLP_PORT);
  const engine: EngineSettings = {
    zone: own('zone', z.enum(['local', 'utc']), 'local') === 'utc' ? 'UTC' : source.zone,
    standing: own('sources.standing', Standing, standard.standing),
    intervalMinutes: own('pollInterval', z.nullable(z.number().check(z.minimum(1), z.maximum(1440))), standard.intervalMinutes),
    unfocusedPollFactor: own('unfocusedPollFactor', z.number().check(z.minimum(1), z.maximum(24)), standard.unfocusedPollFactor),
    scanThreads: own('scanThreads', z.number().check(z.int(), z.minimum(0), z.maximum(256)), standard.scanThreads),
    logFolders: entries('logFolders', LogFolders),
    prices: entries('prices', OwnPrice),
    modelAliases: entries('modelAliases', ModelName),
    clients: items('clients', Client, MAX_CLIENTS),
    otlpPort: own('otlp.enabled', z.boolean(), false) ? otlpPort : null,
    retentionDays: own('retentionDays', z.nullable(z.number().check(z.minimum(30), z.maximum(36_500))), standard.retentionDays),
    warningRatio,
    criticalRatio,
    notifyRatios: [...own('notifyAt', z.array(percent(200)).check(z.maxLength(5)), standard.notifyRatios.map(ratio => ratio * 100))]
      .sort((a, b) => a - b)
      .map(value => value / 100),
    proxy,
    proxyAuthorization: read('http.proxyAuthorization', z.nullable(HeaderValue), standard.proxyAuthorization) || null,
    noProxy: proxySupport === 'off' ? ['*'] : read('http.noProxy', z.array(z.string().check(z.maxLength(300))).check(z.maxLength(200)), standard.noProxy),
    proxyStrictSsl: read('http.proxyStrictSSL', z.boolean(), standard.proxyStrictSsl),
  };
  const bar = readBarSettings(source);
  return { problems: [...problems, ...bar.problems], settings: { engine, ...bar.settings } };
}
