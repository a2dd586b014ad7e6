/** A window in a process of its own, told over IPC what to ask its engine. */
import { defaultEngineSettings } from '../../src/core/settings';
import type { EngineRequestName } from '../../src/core/protocol';
import { EngineClient } from '../../src/engine/client';
import { workerThread } from '../../src/engine/workerThread';

export interface AskMessage { readonly id: number; readonly name: EngineRequestName; readonly params: never }
export type ToldMessage =
  | { readonly what: 'state'; readonly state: string }
  | { readonly what: 'answer'; readonly id: number; readonly result: unknown; readonly error: string | null };

const [storageDir = '', bundle = ''] = process.argv.slice(2);
const tell = (message: ToldMessage): void => void process.send?.(message);
const client = new EngineClient({ storageDir, engine: workerThread(bundle), settings: defaultEngineSettings, secret: async () => null });
client.onEvent('engineState', ({ state }) => tell({ what: 'state', state }));
client.setFocused(true);
client.start();
process.on('message', ({ id, name, params }: AskMessage) => {
  client.request(name, params).then(
    result => tell({ what: 'answer', id, result, error: null }),
    (error: Error) => tell({ what: 'answer', id, result: null, error: error.message }),
  );
});
