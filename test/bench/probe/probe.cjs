/**
 * An extension beside ours in the same extension host: activates it with a clock in hand, and tells on a loopback port what the host
 * process has used and how long its event loop stood still.
 */
const { writeFileSync } = require('node:fs');
const { createServer } = require('node:http');
const path = require('node:path');
const { monitorEventLoopDelay } = require('node:perf_hooks');
const vscode = require('vscode');
const { ownMb, sweep } = require('./memory.cjs');

const RESOLUTION_MS = 1;
/** Until pages that are free are given back. */
const SWEPT_MS = 2_000;
const marks = { wholeActivationMs: null };

async function activateOurs() {
  const extension = vscode.extensions.getExtension('quota-monitor.quota-monitor');
  if (extension === undefined) return null;
  const askedAt = performance.now();
  const api = await extension.activate();
  marks.wholeActivationMs = performance.now() - askedAt;
  return api;
}

exports.activate = async () => {
  const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delay.enable();
  let api = null;
  const server = createServer(async (request, response) => {
    if (request.url === '/memory') {
      sweep();
      await new Promise(resolve => setTimeout(resolve, SWEPT_MS));
    }
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
