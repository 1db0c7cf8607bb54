import { expect, test } from "vitest";
import { CLIENT_ADDRESS_HEADER, clientAddress, clientOf } from "./client";

const proxies = (trustedProxyCount: number) => ({ trustedProxyCount });

test("without trusted proxies the socket tells the address, whatever the header says", () => {
  expect(clientAddress("203.0.113.9", "1.2.3.4", proxies(0))).toBe("203.0.113.9");
  expect(clientAddress("::ffff:203.0.113.9", undefined, proxies(0))).toBe("203.0.113.9");
});

test("each trusted proxy is believed about the address it saw, and about no more", () => {
  expect(clientAddress("10.0.0.1", "6.6.6.6, 203.0.113.9", proxies(1))).toBe("203.0.113.9");
  expect(clientAddress("10.0.0.1", "6.6.6.6, 203.0.113.9, 10.0.0.2", proxies(2))).toBe(
    "203.0.113.9",
  );
});

test("with fewer hops than trusted proxies the outermost one counts", () => {
  expect(clientAddress("10.0.0.1", undefined, proxies(2))).toBe("10.0.0.1");
});

test("what is no address is none", () => {
  expect(clientAddress("10.0.0.1", "<script>", proxies(1))).toBeNull();
  expect(clientAddress(undefined, undefined, proxies(0))).toBeNull();
});

test("a handler learns the address that the server stamped, and the browser's name", () => {
  const headers = new Headers({ [CLIENT_ADDRESS_HEADER]: "2001:db8::1", "user-agent": "Firefox" });
  expect(clientOf({ headers })).toEqual({ ip: "2001:db8::1", userAgent: "Firefox" });
  expect(clientOf({ headers: new Headers() })).toEqual({ ip: null, userAgent: null });
});
