/**
 * Stands in for the native module @vscode/spdlog, which is not compiled in our VS Code from npm: without it VS Code writes no
 * log file, and output channels stay empty. The same interface, in plain JavaScript, without rotation.
 */
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  #level = 2;
  #raw = false;
  #file;

  constructor(_type, _name, file) {
    this.#file = file;
  }
  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  setPattern() {}
  /** From now on text is written as it comes, as output channels want it. */
  clearFormatters() {
    this.#raw = true;
  }
  flush() {}
  drop() {}
  write(level, message) {
    if (level < this.#level) return;
    appendFileSync(this.#file, this.#raw ? message : `${new Date().toISOString().replace(/[TZ]/g, ' ')}[${LEVELS[level]}] ${message}\n`);
  }
}
LEVELS.forEach((name, level) => {
  Logger.prototype[name] = function (message) {
    this.write(level, message);
  };
});

async function create(name, file) {
  mkdirSync(dirname(file), { recursive: true });
  return new Logger('rotating', name, file);
}

exports.version = 0;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.Logger = Logger;
exports.createRotatingLogger = create;
exports.createAsyncRotatingLogger = create;
