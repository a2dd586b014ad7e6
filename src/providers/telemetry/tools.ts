/**
 * Which telemetry of which tool is a billed response, and what it says of it.
 * Source: local-logs facts C1-C4 and B0.2, read 2026-11-23.
 * Units:  tokens. Claude Code's input has no cache in it; Codex's, Gemini CLI's and Copilot Chat's has. Gemini CLI's thoughts and prompts of tools
 *         come on top. Claude Code's cost is in US dollars, at list prices; Copilot's is in no money, and not read.
 * One kind of event counts for each tool: what else tells tokens (metrics, spans of Claude Code and Codex, Copilot's agent turns) repeats it.
 */
import { specialTier } from '../../core/pricing';
import { instant, type LogSink } from '../logSource';
import { idOf, tell, uncached } from '../told';
import { countOf, numberOf, textOf, type TelemetryItem } from './item';

export interface TelemetryTool {
  /** The provider whose accounts count it. */
  readonly id: string;
  /** The attributes that `read` asks for: no other is kept. */
  readonly attributes: readonly string[];
  /** False: it is no response of this tool. */
  read(item: TelemetryItem, emit: LogSink): boolean;
}

/** Attributes that name an event, in place of the record's own name. */
const EVENT = ['event.name', 'event.timestamp', 'event.sequence', 'session.id', 'model'] as const;

/** The time of an event: that which the tool itself wrote down, and the record's otherwise. */
const timeOf = ({ at, attributes }: TelemetryItem): number | null => instant(textOf(attributes, 'event.timestamp')) ?? at;

/** Names an event that has no id of its own by what is the same when it is sent again, and differs between events. */
const eventId = ({ key, attributes }: TelemetryItem, session: string | null, ...counts: readonly number[]): string =>
  idOf(session, textOf(attributes, 'event.timestamp'), numberOf(attributes, 'event.sequence') ?? null, key, ...counts);

const isEvent = ({ signal, name, service, attributes }: TelemetryItem, wanted: string, plain?: { readonly name: string; readonly service: string }): boolean => {
  const told = textOf(attributes, 'event.name');
  return signal === 'logs' && (told === wanted || name === wanted || (plain !== undefined && told === plain.name && service === plain.service));
};

const claudeTool: TelemetryTool = {
  id: 'claude-telemetry',
  attributes: [...EVENT, 'request_id', 'speed', 'cost_usd', 'input_tokens', 'output_tokens', 'cache_read_tokens', 'cache_creation_tokens'],
  read(item, emit) {
    if (!isEvent(item, 'claude_code.api_request', { name: 'api_request', service: 'claude-code' })) return false;
    const { attributes } = item;
    const [input, output] = [countOf(attributes, 'input_tokens'), countOf(attributes, 'output_tokens')];
    const [cacheRead, cacheWrite] = [countOf(attributes, 'cache_read_tokens'), countOf(attributes, 'cache_creation_tokens')];
    const session = textOf(attributes, 'session.id');
    tell(emit, {
      id: textOf(attributes, 'request_id') ?? eventId(item, session, input, output, cacheRead, cacheWrite),
      at: timeOf(item), model: textOf(attributes, 'model'), session, cost: numberOf(attributes, 'cost_usd'),
      tier: specialTier(textOf(attributes, 'speed')), tokens: { input, cacheRead, cacheWrite, output },
    });
    return true;
  },
};

const codexTool: TelemetryTool = {
  id: 'codex-telemetry',
  attributes: [...EVENT, 'event.kind', 'conversation.id', 'input_token_count', 'cached_token_count', 'output_token_count', 'reasoning_token_count'],
  read(item, emit) {
    const { attributes } = item;
    if (!isEvent(item, 'codex.sse_event') || textOf(attributes, 'event.kind') !== 'response.completed') return false;
    const [prompt, cached] = [countOf(attributes, 'input_token_count'), countOf(attributes, 'cached_token_count')];
    const [output, reasoning] = [countOf(attributes, 'output_token_count'), countOf(attributes, 'reasoning_token_count')];
    const session = textOf(attributes, 'conversation.id');
    tell(emit, {
      id: eventId(item, session, prompt, cached, output), at: timeOf(item), model: textOf(attributes, 'model'), session,
      tokens: { input: uncached(prompt, cached), cacheRead: Math.min(cached, prompt), output, reasoning },
    });
    return true;
  },
};

const geminiTool: TelemetryTool = {
  id: 'gemini-telemetry',
  attributes: [...EVENT, 'input_token_count', 'cached_content_token_count', 'output_token_count', 'thoughts_token_count', 'tool_token_count'],
  read(item, emit) {
    if (!isEvent(item, 'gemini_cli.api_response')) return false;
    const { attributes } = item;
    const [prompt, cached] = [countOf(attributes, 'input_token_count'), countOf(attributes, 'cached_content_token_count')];
    const [output, thoughts, tool] = [countOf(attributes, 'output_token_count'), countOf(attributes, 'thoughts_token_count'), countOf(attributes, 'tool_token_count')];
    const session = textOf(attributes, 'session.id');
    tell(emit, {
      id: eventId(item, session, prompt, cached, output, thoughts), at: timeOf(item), model: textOf(attributes, 'model'), session,
      tokens: { input: uncached(prompt, cached) + tool, cacheRead: Math.min(cached, prompt), output: output + thoughts, reasoning: thoughts },
    });
    return true;
  },
};

const GEN_AI = 'gen_ai.usage';
/** Of Copilot Chat alone: Copilot CLI, which sends the same spans as another service, is counted by its own files. */
const copilotTool: TelemetryTool = {
  id: 'copilot-telemetry',
  attributes: [
    'gen_ai.operation.name', 'gen_ai.request.model', 'gen_ai.response.model', 'gen_ai.conversation.id', `${GEN_AI}.input_tokens`, `${GEN_AI}.output_tokens`,
    `${GEN_AI}.cache_read.input_tokens`, `${GEN_AI}.cache_creation.input_tokens`, `${GEN_AI}.reasoning.output_tokens`,
  ],
  read(item, emit) {
    const { attributes, signal, service, key } = item;
    if (signal !== 'traces' || service !== 'copilot-chat' || textOf(attributes, 'gen_ai.operation.name') !== 'chat') return false;
    const prompt = countOf(attributes, `${GEN_AI}.input_tokens`);
    const cacheRead = Math.min(countOf(attributes, `${GEN_AI}.cache_read.input_tokens`), prompt);
    const cacheWrite = Math.min(countOf(attributes, `${GEN_AI}.cache_creation.input_tokens`), prompt - cacheRead);
    tell(emit, {
      id: key, at: item.at, model: textOf(attributes, 'gen_ai.response.model') ?? textOf(attributes, 'gen_ai.request.model'),
      session: textOf(attributes, 'gen_ai.conversation.id'),
      tokens: {
        input: prompt - cacheRead - cacheWrite, cacheRead, cacheWrite,
        output: countOf(attributes, `${GEN_AI}.output_tokens`), reasoning: countOf(attributes, `${GEN_AI}.reasoning.output_tokens`),
      },
    });
    return true;
  },
};

export const telemetryTools: readonly TelemetryTool[] = [claudeTool, codexTool, geminiTool, copilotTool];

/** All attributes that any of them asks for. */
export const wantedAttributes: ReadonlySet<string> = new Set(telemetryTools.flatMap(({ attributes }) => attributes));
