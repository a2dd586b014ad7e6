/** An error that the system gave a name, such as ENOSPC. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException & { code: string } => error instanceof Error && 'code' in error && typeof error.code === 'string';
