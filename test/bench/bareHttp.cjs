/**
 * The baseline of polls: a thread that asks for the same with Node's own client once a minute, reads the answers' JSON and does nothing else.
 * node bareHttp.cjs <file of accounts> <minutes to wait> <minutes to measure>. Prints as alone.cjs does.
 */
const { readFileSync } = require('node:fs');
const http = require('node:http');
const { setTimeout: wait } = require('node:timers/promises');
const { isMainThread, parentPort, Worker, workerData } = require('node:worker_threads');
const { ENGINE, perMinute } = require('./threads.cjs');

const SOCKETS = 4;

function measure(accountsFile, waitMinutes, minutes) {
  const thread = new Worker(__filename, { name: ENGINE, workerData: JSON.parse(readFileSync(accountsFile, 'utf8')) });
  thread.on('message', async read => {
    await wait(waitMinutes * 60_000);
    console.log(JSON.stringify({ ...await perMinute(minutes), pushes: [], read }));
    process.exit(0);
  });
}

async function ask(accounts) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: SOCKETS, timeout: 5_000 });
  const get = ({ options, secret }) => new Promise((done, fail) => {
    const request = http.get(`${options.baseUrl}/key`, { agent, headers: { accept: 'application/json', authorization: `Bearer ${secret}` } }, answer => {
      const pieces = [];
      answer.on('data', piece => pieces.push(piece));
      answer.on('end', () => done(answer.statusCode === 200 && JSON.parse(Buffer.concat(pieces).toString('utf8')).data !== undefined));
    });
    request.on('error', fail);
  });
  for (let first = true; ; first = false) {
    const answers = await Promise.all(accounts.map(get));
    if (first) parentPort.postMessage(answers.filter(Boolean).length);
    await wait(60_000);
  }
}

if (isMainThread) measure(process.argv[2], Number(process.argv[3]), Number(process.argv[4]));
else void ask(workerData);
