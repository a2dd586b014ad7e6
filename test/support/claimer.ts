/** Claims a folder, says what came of it, and tries again when the owner's socket closes. */
import { claim } from '../../src/engine/ownership';

async function contend(): Promise<void> {
  const claimed = await claim(process.argv[2] ?? '', { onWindow: socket => void socket.on('error', () => undefined).resume() });
  process.stdout.write(`${claimed.kind}\n`);
  if (claimed.kind === 'elsewhere') claimed.socket?.on('error', () => undefined).on('close', () => void contend()).resume();
}

void contend();
