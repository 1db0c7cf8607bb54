/** Waits for an answer for so long and no longer. @throws what `late` makes when it does not come in time */
export async function inTime<T>(
  asked: Promise<T>,
  patienceMs: number,
  late: () => Error,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), patienceMs);
  });
  try {
    return await Promise.race([asked, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
