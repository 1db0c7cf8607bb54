import { Client, type ClientConfig } from "pg";

/**
 * A connection that is asked one query after the other, as pg wants it. Prisma asks for the relations of what it
 * selects side by side, and in a transaction all of them are the work of one connection.
 */
export class OrderlyClient extends Client {
  constructor(config?: string | ClientConfig) {
    super(config);
    const ask = this.query.bind(this) as (...args: unknown[]) => unknown;
    let last: Promise<unknown> = Promise.resolve();
    const askInTurn = (...args: unknown[]) => {
      // A callback is how the pool itself asks: then nobody else has the connection.
      if (args.some((arg) => typeof arg === "function")) return ask(...args);
      const answer = last.then(() => ask(...args));
      last = answer.catch(() => undefined);
      return answer;
    };
    this.query = askInTurn as Client["query"];
  }
}
