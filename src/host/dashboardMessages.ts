import type * as z from 'zod/mini';
import {
  dashboardRequests, Frame, type DashboardParams, type DashboardRequestName, type DashboardResults, type EngineParams, type EngineRequestName,
  type EngineResult,
} from '../core/protocol';

export type DashboardCommand = DashboardParams<'command'>['name'];

export interface DashboardDeps {
  readonly client: { request<K extends EngineRequestName>(name: K, params: EngineParams<K>): Promise<EngineResult<K>> };
  runCommand(name: DashboardCommand, accountId: string | null): Promise<void>;
  log(message: string): void;
}

type Handlers = { readonly [K in DashboardRequestName]: (params: DashboardParams<K>) => Promise<DashboardResults[K]> };

/** What each question of the dashboard does; a missing one does not compile. `onReady`: the page listens now. */
export function dashboardHandlers(deps: Pick<DashboardDeps, 'client' | 'runCommand'>, onReady: () => void): Handlers {
  return {
    async ready() {
      onReady();
      return null;
    },
    async refresh(params) {
      await deps.client.request('refresh', params);
      return null;
    },
    async stopLogs(params) {
      await deps.client.request('stopLogs', params);
      return null;
    },
    usage: params => deps.client.request('usage', params),
    async command({ name, accountId }) {
      await deps.runCommand(name, accountId);
      return null;
    },
  };
}

const isRequestName = (name: string): name is DashboardRequestName => Object.hasOwn(dashboardRequests, name);

/**
 * Parses one message of the webview, which is outside, and answers it.
 * Null: it was no request of ours; it is ignored, with a line in the log that repeats nothing of it.
 */
export async function answerDashboard(message: unknown, handlers: Handlers, log: (message: string) => void): Promise<Frame | null> {
  const frame = Frame.safeParse(message);
  if (!frame.success || frame.data.type !== 'request') return ignored('not a request', log);
  const { id, method, params } = frame.data;
  if (!isRequestName(method)) return ignored('an unknown request', log);
  const parsed = (dashboardRequests[method].params as z.ZodMiniType).safeParse(params);
  if (!parsed.success) return ignored(`'${method}' with wrong ${parsed.error.issues.map(({ path }) => path.join('.') || 'parameters').join(', ')}`, log);
  try {
    const handle = handlers[method] as (params: unknown) => Promise<unknown>;
    return { type: 'reply', id, ok: true, result: await handle(parsed.data) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(`dashboard: '${method}' failed: ${reason}`);
    return { type: 'reply', id, ok: false, error: reason };
  }
}

function ignored(what: string, log: (message: string) => void): null {
  log(`dashboard: ignored a message: ${what}`);
  return null;
}
