/** How vendors' keys begin, longest meaning first. */
const forms: readonly (readonly [prefix: string, vendor: string])[] = [
  ['sk-ant-', 'Anthropic'],
  ['sk-or-', 'OpenRouter'],
  ['sk-proj-', 'OpenAI'],
  ['sk-svcacct-', 'OpenAI'],
  ['sk-admin-', 'OpenAI'],
];

/** Says that a key belongs to another vendor, or null. */
export function foreignKey(secret: string, vendor: string): string | null {
  const owner = forms.find(([prefix]) => secret.startsWith(prefix))?.[1] ?? vendor;
  return owner === vendor ? null : `This is a key of ${owner}, not of ${vendor}.`;
}
