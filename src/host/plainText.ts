/**
 * A notification draws "[label](address)" as a link, and an address may be a command. What it quotes comes from others, such as the names
 * in a file that is imported: none of that becomes a link.
 */
export const plainText = (message: string): string => message.replaceAll('](', '] (');
