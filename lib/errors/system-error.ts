/** Whether the operating system refused something with this code, such as `ENOENT`. */
export function isSystemError(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}

/** For `.catch()`: makes an error with this code count as nothing found, and throws any other again. */
export function exceptFor(code: string): (error: unknown) => undefined {
  return (error) => {
    if (!isSystemError(error, code)) throw error;
  };
}
