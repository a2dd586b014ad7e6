/** Forms of logs that few tools have: a file of its own in the bundle of what reads logs, which loads faster without them. */
export { DatabaseScan } from './databaseScan';
export { DocumentScan } from './documentScan';
export { DamagedArchive, unpack } from './unpack';
