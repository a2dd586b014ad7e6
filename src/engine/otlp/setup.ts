/** What to set in each tool so that it sends its telemetry here, with the token in it: a file for the user's eyes. */
export const setupText = (port: number, token: string): string => `# Telemetry for Quota Monitor

Quota Monitor listens on 127.0.0.1:${port} and counts what a tool tells of its usage. Copy the part of a tool into its configuration; nothing
writes there for you. The token below keeps other programs out: do not pass it on. As soon as a tool has sent something, "Add account"
offers its telemetry. While an account reads the tool's own logs, its telemetry is not counted a second time.

Leave the switches that add prompts and answers to telemetry off. Should a tool send them anyway, they are not kept.

## Claude Code

In the shell, or in \`"env"\` of \`~/.claude/settings.json\` (settings of a project do not work). Events are counted, metrics are not.

    CLAUDE_CODE_ENABLE_TELEMETRY=1
    OTEL_LOGS_EXPORTER=otlp
    OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf
    OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${port}
    OTEL_EXPORTER_OTLP_HEADERS=x-token=${token}

## Codex

In \`~/.codex/config.toml\`:

    [otel]
    log_user_prompt = false

    [otel.exporter.otlp-http]
    endpoint = "http://127.0.0.1:${port}/v1/logs"
    protocol = "binary"

    [otel.exporter.otlp-http.headers]
    x-token = "${token}"

## Gemini CLI

In the shell, before \`gemini\` is started:

    GEMINI_TELEMETRY_ENABLED=true
    GEMINI_TELEMETRY_TARGET=local
    GEMINI_TELEMETRY_OTLP_PROTOCOL=http
    GEMINI_TELEMETRY_OTLP_ENDPOINT=http://127.0.0.1:${port}
    GEMINI_TELEMETRY_LOG_PROMPTS=false
    OTEL_EXPORTER_OTLP_HEADERS=x-token=${token}

## Copilot Chat in VS Code

In the user settings; \`captureContent\` stays off. GitHub Copilot CLI needs none of this: its own files are read.

    "github.copilot.chat.otel.enabled": true,
    "github.copilot.chat.otel.exporterType": "otlp-http",
    "github.copilot.chat.otel.otlpEndpoint": "http://127.0.0.1:${port}/${token}",
    "github.copilot.chat.otel.captureContent": false

## Any other way

A tool that cannot send headers takes \`http://127.0.0.1:${port}/${token}\` as its endpoint.
`;
