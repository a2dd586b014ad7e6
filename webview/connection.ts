import type { DashboardParams, DashboardRequestName, DashboardResults, DashboardState, Frame } from '../src/core/protocol';
import type { CostKind } from '../src/core/reading';

interface VsCodeApi {
  postMessage(message: Frame): void;
  getState(): unknown;
  setState(state: KeptUi): void;
}
declare function acquireVsCodeApi(): VsCodeApi;

/** What the reader chose; survives hiding and reloading. */
export interface UiState {
  readonly costKind: CostKind | null;
  readonly currency: string | null;
  readonly daysOpen: boolean;
  readonly modelsOpen: boolean;
}

/** With where the page was scrolled to, CSS px. */
export interface KeptUi extends UiState {
  readonly scrollTop: number;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The webview's end of the protocol. The host is trusted: it made this page. */
export class Connection {
  private readonly api = acquireVsCodeApi();
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;

  constructor(private readonly onState: (state: DashboardState) => void) {
    window.addEventListener('message', ({ data }: MessageEvent<Frame>) => this.receive(data));
  }

  /** @throws {Error} with the host's sentence. */
  request<K extends DashboardRequestName>(method: K, params: DashboardParams<K>): Promise<DashboardResults[K]> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: result => resolve(result as DashboardResults[K]), reject });
      this.api.postMessage({ type: 'request', id, method, params });
    });
  }

  readUi(): KeptUi {
    const kept = (this.api.getState() ?? {}) as Partial<KeptUi>;
    return {
      costKind: kept.costKind === 'spent' || kept.costKind === 'equivalent' ? kept.costKind : null,
      currency: typeof kept.currency === 'string' ? kept.currency : null,
      daysOpen: kept.daysOpen === true,
      modelsOpen: kept.modelsOpen === true,
      scrollTop: typeof kept.scrollTop === 'number' ? kept.scrollTop : 0,
    };
  }

  writeUi(state: KeptUi): void {
    this.api.setState(state);
  }

  private receive(frame: Frame): void {
    if (frame.type === 'event' && frame.name === 'state') this.onState(frame.data as DashboardState);
    if (frame.type !== 'reply') return;
    const asked = this.waiting.get(frame.id);
    this.waiting.delete(frame.id);
    if (frame.ok) asked?.resolve(frame.result);
    else asked?.reject(new Error(frame.error));
  }
}
