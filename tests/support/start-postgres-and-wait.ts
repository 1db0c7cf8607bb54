/** Starts a database in the folder it is given, prints the address and waits to be killed. */
import { startEmbeddedPostgres } from "@/lib/db/embedded-postgres";

const { url } = await startEmbeddedPostgres({ directory: process.argv[2] ?? "", durable: false });
process.stdout.write(`${url}\n`);
setInterval(() => undefined, 60_000);
