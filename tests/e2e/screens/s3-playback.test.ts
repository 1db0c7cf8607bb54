import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { S3Config } from "@/lib/storage/s3-client";
import { CHROMIUM_FLAGS } from "../../support/captures";
import { longStream } from "../../support/long-stream";
import { signedInPage } from "../../support/page-checks";
import { type Product, startProduct } from "../../support/product";
import { createBucket, hasRadosgw, s3Environment } from "../../support/radosgw";
import { startTusSender } from "../../support/tus-sender";

describe.skipIf(!hasRadosgw())("somebody who watches a recording that is in S3", () => {
  let browser: Browser;
  let config: S3Config;
  let product: Product;
  let page: Page;
  let id: string;
  beforeAll(async () => {
    config = await createBucket();
    browser = await chromium.launch({
      executablePath: "/usr/bin/chromium",
      args: [...CHROMIUM_FLAGS],
    });
    product = await startProduct(s3Environment(config));
    const { bytes } = await longStream(60);
    const sender = await startTusSender(product, product.administrator);
    id = sender.id;
    expect((await sender.send(0, bytes, bytes.length)).status).toBe(204);
    page = await signedInPage(browser, product);
  });
  afterAll(async () => {
    await browser.close();
    await product.close();
  });

  /** Goes to a moment, and waits until its picture is there. */
  const showMoment = (seconds: number) =>
    page.locator("video").evaluate(async (video: HTMLVideoElement, moment) => {
      const isThere = () =>
        !video.seeking &&
        video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA &&
        Math.abs(video.currentTime - moment) < 0.1;
      video.currentTime = moment;
      while (!isThere()) await new Promise((resolve) => requestAnimationFrame(resolve));
    }, seconds);

  test("gets its bytes from there, and goes on when the address has ended early", async () => {
    const links: string[] = [];
    page.on("request", (request) => {
      const url = request.url();
      if (url.startsWith(config.endpoint ?? "") && links.at(-1) !== url) links.push(url);
    });
    await page.goto(`/recordings/${id}`);
    await showMoment(4);
    expect(links).toHaveLength(1);
    // As S3 answers once the signature is too old. A signature is made of the second it is made in.
    const madeAt = Date.now();
    const tooOld = { status: 403, body: "Request has expired" };
    await page.route(links[0]!, (route) => route.fulfill(tooOld));
    await expect.poll(() => Date.now()).toBeGreaterThan(madeAt + 1_000);
    await showMoment(14);
    expect(links).toHaveLength(2);
  });
});
