/** A process that counts Claude Code's logs in the home folder that it is given, and prints its output tokens and the most memory it had, in MB. */
import { noPrices } from '../../src/core/pricing';
import { LogScanner } from '../../src/engine/logs/logScanner';
import { claude } from '../../src/providers/claude';

async function main(home = ''): Promise<void> {
  const { logs } = claude;
  if (logs === undefined) throw new Error('It has logs.');
  const scanner = new LogScanner({ source: logs, machine: { home, platform: 'linux', env: {} }, home: undefined, stateDir: null, zone: 'UTC', prices: noPrices, help: null, log: () => undefined });
  const { report: { buckets }, notes } = await scanner.scan();
  const output = buckets.reduce((sum, { tokens }) => sum + (tokens?.output ?? 0), 0);
  console.log(JSON.stringify({ output, notes, peakMb: process.resourceUsage().maxRSS / 1024 }));
}

void main(process.argv[2]);
