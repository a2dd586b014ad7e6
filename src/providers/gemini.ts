/**
 * Gemini CLI: token counts from its chat logs.
 * Source: local-logs facts B3 and the forms of gemini-cli's own recording service, read 2026-11-23.
 * Files:  <home>/.gemini/tmp/<project>/chats/, of sub-agents a folder deeper: .json (older) holds a session as one value; .jsonl a
 *         header line, then each message whenever it changes, and lines that set or rewind. A message that was rewound has cost
 *         its tokens. <project> is a name that projects.json maps to a folder, or a hash of it, which tells nothing.
 * Units:  `input` has `cached` in it; `thoughts` and `tool` (prompts of tools) come on top of `output` and `input`.
 */
import { namesOf, toolFolders } from './folders';
import { localTool } from './localTool';
import { count, type DocumentFormat, instant, isJson, type LineFormat, type LogFile, type LogLine, type LogParser, type LogSink, type LogSource, numbered, text } from './logSource';
import { tell, uncached } from './told';

const TOKENS = ['input', 'output', 'cached', 'thoughts', 'tool'] as const;
const FIELDS = ['sessionId', 'id', 'timestamp', 'model', ...TOKENS.map(name => `tokens.${name}` as const), '$set.messages'] as const;
const F = numbered(FIELDS);

/** What is told of one message: counts may be NaN. */
type Message = Readonly<Record<(typeof TOKENS)[number], number>> & { readonly id: string | null; readonly at: number | null; readonly model: string | null };
/** Of all messages of a file: its own id, and the session that it belongs to, which a sub-agent's parent names its folder after. */
interface Chat { readonly id: string; readonly session: string; readonly project: string | null }

const lines: LineFormat = {
  kind: 'lines',
  matches: path => /(^|\/)chats\/([^/]+\/)?[^/]+\.jsonl$/.test(path),
  markers: ['"tokens"', '"sessionId"'],
  fields: FIELDS,
  parser: (state, file) => new ChatParser(state, file),
};

/** Also what Qwen Code, which began as a copy of Gemini CLI, wrote at first. */
export const chatDocuments: DocumentFormat = {
  kind: 'document',
  matches: path => /(^|\/)chats\/([^/]+\/)?[^/]+\.json$/.test(path),
  read: (document, _, file, emit) => {
    if (!isJson(document)) return emit.damaged();
    tellMessages(document['messages'], chatOf(file, text(document['sessionId']) ?? nameOf(file)), emit);
  },
};

export const geminiLogs: LogSource = {
  roots: (machine, home) => toolFolders(machine, home, { env: ['GEMINI_CLI_HOME', 'GEMINI_DATA_DIR'], below: ['.gemini'] }).map(folder => `${folder}/tmp`),
  enters: path => /^[^/]+(\/chats(\/[^/]+)?)?$/.test(path),
  formats: [lines, chatDocuments],
};

export const gemini = localTool({
  id: 'gemini', name: 'Gemini CLI', summary: 'Tokens and what they would cost at list prices',
  reads: 'Token counts, models, times and folders in ~/.gemini/tmp and ~/.gemini/projects.json', logs: geminiLogs,
});

class ChatParser implements LogParser {
  readonly #file: LogFile;
  /** What the file's first header says; null: none yet. */
  #session: string | null;
  #chat: Chat;

  constructor(state: unknown, file: LogFile) {
    [this.#file, this.#session] = [file, text(state)];
    this.#chat = chatOf(file, this.#session ?? nameOf(file));
  }

  state(): string | null {
    return this.#session;
  }

  line(line: LogLine, emit: LogSink): void {
    const session = this.#session === null ? line.text(F.sessionId) : null;
    if (session !== null) [this.#session, this.#chat] = [session, chatOf(this.#file, session)];
    const chat = this.#chat;
    tellMessages(line.json(F['$set.messages']), chat, emit);
    if (!TOKENS.some(name => line.has(F[`tokens.${name}`]))) return;
    const counts = Object.fromEntries(TOKENS.map(name => [name, line.count(F[`tokens.${name}`])])) as Record<(typeof TOKENS)[number], number>;
    tellMessage({ ...counts, id: line.text(F.id), at: line.instant(F.timestamp), model: line.text(F.model) }, chat, emit);
  }
}

function tellMessages(messages: unknown, chat: Chat, emit: LogSink): void {
  if (!Array.isArray(messages)) return;
  for (const message of messages as readonly unknown[]) {
    const tokens = isJson(message) ? message['tokens'] : null;
    if (!isJson(message) || !isJson(tokens)) continue;
    const counts = Object.fromEntries(TOKENS.map(name => [name, count(tokens[name])])) as Record<(typeof TOKENS)[number], number>;
    tellMessage({ ...counts, id: text(message['id']), at: instant(message['timestamp']), model: text(message['model']) }, chat, emit);
  }
}

/** The same session may lie in a .json and in the .jsonl that it was made into: its messages have the same ids there. */
function tellMessage({ id, at, model, input, cached, output, thoughts, tool }: Message, chat: Chat, emit: LogSink): void {
  tell(emit, {
    id: `${chat.id} ${id ?? at}`, at, model, project: chat.project, session: chat.session,
    tokens: { input: uncached(input, cached) + tool, cacheRead: Math.min(cached, input), output: output + thoughts, reasoning: thoughts },
  });
}

function chatOf(file: LogFile, id: string): Chat {
  const names = namesOf(file.path);
  const inside = names.slice(names.lastIndexOf('chats') + 1);
  return { id, session: inside.length > 1 ? (inside[0] ?? id) : id, project: projectOf(file) };
}

const nameOf = (file: LogFile): string => namesOf(file.path).at(-1)?.replace(/\.jsonl?$/, '') ?? '';

const MAX_PROJECTS_BYTES = 4 * 1024 * 1024;

/** The folder that a chat was held in; null: neither of the tool's maps has it. */
function projectOf(file: LogFile): string | null {
  const names = namesOf(file.path);
  const up = '../'.repeat(names.length - names.lastIndexOf('chats') - 1); // to the project's folder
  const root = text(file.near(`${up}.project_root`, 1000)?.trim());
  if (root !== null) return root;
  const name = names[names.lastIndexOf('chats') - 1];
  const map = parse(file.near(`${up}../../projects.json`, MAX_PROJECTS_BYTES));
  const projects = isJson(map) && isJson(map['projects']) ? Object.entries(map['projects']) : [];
  return text(projects.find(([, known]) => known === name)?.[0]);
}

function parse(json: string | null): unknown {
  try {
    return json === null ? null : JSON.parse(json) as unknown;
  } catch {
    return null;
  }
}
