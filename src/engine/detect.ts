import type { Account } from '../core/account';
import type { DetectedTool } from '../core/protocol';
import type { Machine, Provider } from '../providers/provider';
import { existing } from './logs/listing';
import { winnersOver } from './yielding';

/** Local tools that are on this machine and not yet an account. Looks at the existence of folders, and at nothing in them. */
export async function detectTools(providers: readonly Provider[], accounts: readonly Account[], machine: Machine): Promise<DetectedTool[]> {
  const found = await Promise.all(providers.map(async provider => {
    const { info, logs } = provider;
    if (winnersOver(provider, accounts).length > 0) return []; // it would count nothing
    if (logs === undefined || accounts.some(({ providerId }) => providerId === info.id)) return [];
    const paths = existing((logs.signs ?? logs.roots)(machine, undefined));
    return paths.length === 0 ? [] : [{ providerId: info.id, name: info.name, paths: [...paths] }];
  }));
  return found.flat();
}
