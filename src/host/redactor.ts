import { createHash, randomBytes } from 'node:crypto';

const MASK = '[redacted]';
/** Keys whose makers gave them a prefix, whether we know them or not. */
const KNOWN_FORMS = /\b(?:sk|pk|rk|gh[opsur]|github_pat|glpat|xox[a-z]|xai|pplx|AIza)[-_]?[\w-]{12,}|\bBearer\s+[\w.~+/-]{8,}=*/g;
const WORD = /[^\s"'`<>()[\]{},;:=&?]{6,}/g;

/**
 * Keeps secrets out of the log, should one ever get into a message. Remembers salted hashes, not the secrets; what it cannot find is a
 * secret that is glued to other letters, so this is the second line of defence and not the first.
 */
export class Redactor {
  private readonly salt = randomBytes(16);
  private readonly hashes = new Set<string>();

  /** Learns a secret that is about to be used, as it is again and again. */
  learn(secret: string): void {
    const whole = this.hash(secret);
    if (this.hashes.has(whole)) return;
    this.hashes.add(whole);
    for (const [word] of secret.matchAll(WORD)) this.hashes.add(this.hash(word));
  }

  clean(text: string): string {
    return text.replace(KNOWN_FORMS, MASK).replace(WORD, word => {
      const bare = word.replace(/[.!]+$/, '');
      return [word, bare].some(form => this.hashes.has(this.hash(form))) ? MASK + word.slice(bare.length) : word;
    });
  }

  private hash(text: string): string {
    return createHash('sha256').update(this.salt).update(text).digest('base64');
  }
}
