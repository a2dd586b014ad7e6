/**
 * An extension beside ours in the same extension host: activates it with a clock in hand, and tells on a loopback port what the host
 * process has used and how long its event loop stood still.
 */
const { readFileSync, writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const v8 = require('node:v8');
const { runInNewContext } = require('node:vm');
const path = require('node:path');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const vscode = require('vscode');

const RESOLUTION_MS = 1;
/** One leaves what finalizers hold. */
const SWEEPS = 4;
const marks = { wholeActivationMs: null };

async function activateOurs() {
  const extension = vscode.extensions.getExtension('quota-monitor.quota-monitor');
  if (extension === undefined) return null;
  const askedAt = performance.now();
  const api = await extension.activate();
  marks.wholeActivationMs = performance.now() - askedAt;
  return api;
}

/** Linux alone tells it; elsewhere it is as good as unknown. Takes some milliseconds, in which the host stands still. */
function ownMb() {
  try {
    return Number(/^Anonymous:\s+(\d+)/m.exec(readFileSync('/proc/self/smaps_rollup', 'utf8'))?.[1]) / 1024;
  } catch {
    return NaN;
  }
}

/** Garbage, of which a host always holds some, is nobody's need; nor are the pages that V8 keeps of what it has swept, but as the last resort. */
async function sweep() {
  v8.setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc');
  for (let sweeps = 0; sweeps < SWEEPS; sweeps++) gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  await new Promise(resolve => setTimeout(resolve, 2_000));
}

exports.activate = async () => {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let api = null;
  const server = createServer(async (request, response) => {
    if (request.url === '/memory') await sweep();
    const snapshot = api?.snapshot() ?? null;
    response.end(JSON.stringify({
      ...marks, activationMs: null, firstValueMs: null, ...globalThis.quotaMonitorMarks, pid: process.pid, rssMb: process.memoryUsage.rss() / 1024 / 1024, ownMb: request.url === '/memory' ? ownMb() : null,
      stallMs: Math.max(0, delay.max / 1e6 - RESOLUTION_MS), stall99Ms: Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS),
      read: snapshot?.accounts.filter(({ takenAt }) => takenAt !== null).map(({ providerId }) => providerId) ?? [],
    }));
    if (request.url === '/anew') delay.reset();
  }).listen(0, '127.0.0.1', () => writeFileSync(path.join(process.env.QUOTA_MONITOR_PROBE, `${process.pid}.port`), String(server.address().port)));
  await new Promise(resolve => setTimeout(resolve, Number(process.env.QUOTA_MONITOR_PROBE_WAIT ?? 0)));
  delay.reset();
  api = await activateOurs();
};
