import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { createServices } from "@/lib/composition/services";
import { parseConfig } from "@/lib/config/config";
import { attachGateway } from "./attach-gateway";

const environment = {
  DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none",
  NEXTAUTH_SECRET: "a secret for tests, and for nothing else",
  SORTIE_LOG_LEVEL: "silent",
};

test("who is refused cannot keep the connection by never closing their side", async () => {
  const server = createServer();
  const gateway = attachGateway(server, createServices(parseConfig(environment), "test"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const caller = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  const [accepted] = (await once(server, "connection")) as [Socket];
  const gone = once(accepted, "close");
  caller.write(
    "GET /nowhere HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  );
  // Not read to its end by an iterator, which would close the caller's side.
  expect(String((await once(caller, "data"))[0])).toMatch(/^HTTP\/1.1 404 /);
  await gone;
  caller.destroy();
  await gateway.close();
  server.close();
});
