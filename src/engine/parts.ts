import { homedir } from 'node:os';
import path from 'node:path';
import type { PriceTable } from '../core/pricing';
import type { EngineSettings } from '../core/settings';
import { systemClock } from '../core/time';
import type { Machine } from '../providers/provider';
import { loadSql, type OpenSql } from './history/sql';
import { createHttp, type Http } from './http/http';
import { ScanThreads, threadCount } from './logs/scanThreads';
import { loadPrices } from './prices/load';

const USER_AGENT = 'QuotaMonitor/0.1 (extension for Visual Studio Code)';

/** What an engine needs beside its accounts, from the real world. */
export interface Parts {
  readonly http: Http;
  readonly prices: PriceTable;
  readonly openSql: OpenSql;
  readonly threads: ScanThreads;
}

export const thisMachine = (): Machine => ({ home: homedir(), platform: process.platform, env: process.env });

/** Where what tools send of their usage is written down. */
export const telemetryDir = (storageDir: string): string => path.join(storageDir, 'otlp');

/** @param assetsDir the folder of the bundles, with prices.json and sql-wasm.wasm in it. */
export async function makeParts(assetsDir: string, settings: EngineSettings, { env }: Machine): Promise<Parts> {
  const prices = loadPrices(path.join(assetsDir, 'prices.json'));
  const openSql = await loadSql(path.join(assetsDir, 'sql-wasm.wasm'));
  const threads = new ScanThreads({ bundle: path.join(assetsDir, 'scan.js'), count: threadCount(settings.scanThreads), background: true });
  return { prices, openSql, threads, http: createHttp({ settings, clock: systemClock, userAgent: USER_AGENT, env }) };
}
