/** Made by test/editor/hostBundle.ts: registers every test/host/*.test.ts with mocha. */
declare module 'virtual:host-tests' {
  export function registerTests(): void;
}
