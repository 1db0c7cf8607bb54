import { readFile } from "node:fs/promises";
import { Ajv } from "ajv";
import type { ISecret } from "kubernetes-models/v1";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { valuesTables, withTables } from "@/scripts/setup/chart-values.mjs";
import { CASES, LEAST } from "./cases";
import { environmentOf, ofKind } from "./manifests";
import {
  canLookUp,
  canRender,
  type Manifest,
  renderChart,
  renderNotes,
  renderUpgrade,
  type Values,
} from "./render-chart";

const readJson = async (path: string) => JSON.parse(await readFile(path, "utf8")) as object;

/** What Helm says when it refuses values. */
function refusalOf(values: Values): string {
  try {
    renderChart({ ...LEAST, ...values });
  } catch (error) {
    return String(error);
  }
  throw new Error("The values were accepted.");
}

describe("values.schema.json", async () => {
  const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
    await readJson("helm/values.schema.json"),
  );
  const defaults = parse(await readFile("helm/values.yaml", "utf8")) as object;

  it("accepts the chart's own values and knows each of them", () => {
    expect(validate(defaults), JSON.stringify(validate.errors)).toBe(true);
  });

  it.each(Object.entries(CASES))("accepts %s", (_name, values) => {
    expect(validate(values), JSON.stringify(validate.errors)).toBe(true);
  });

  it("refuses unknown keys at every level", () => {
    const levels = (value: object, path: string[]): string[][] => [
      path,
      ...Object.entries(value).flatMap(([key, below]) =>
        typeof below === "object" && below !== null && !Array.isArray(below)
          ? levels(below as object, [...path, key])
          : [],
      ),
    ];
    const open =
      /^(podSecurityContext|securityContext)|\.(resources|affinity|nodeSelector|roleMap)|[aA]nnotations|[lL]abels/;
    for (const path of levels(defaults, []).filter((keys) => !open.test(keys.join(".")))) {
      const values = path.reduceRight<object>((below, key) => ({ [key]: below }), { unknown: 1 });
      expect(validate(values), path.join(".")).toBe(false);
    }
  });
});

describe.skipIf(!canRender)("an operator who makes a mistake is told in words", () => {
  it.each<[Values, RegExp]>([
    [{ recoding: { enabled: true } }, /recoding/],
    [{ recording: { maxSizeMb: 5 } }, /recording.*maxSizeMb/],
    [{ recording: { enabled: "yes" } }, /recording.enabled.*boolean/],
    [{ recording: { storageBackend: "minio" } }, /recording.storageBackend.*"local", "s3"/],
    [{ recording: { maxSizeMB: 0 } }, /recording.maxSizeMB.*greater than or equal to 1/],
    [{ persistence: { accessMode: "ReadWriteOncePod" } }, /persistence.accessMode.*ReadWriteMany/],
    [{ auth: { oidc: { roleMap: { staff: "root" } } } }, /roleMap.staff.*readonly/],
    [{ database: { url: "" } }, /No database: set database.url, or database.existingSecret/],
    [
      { web: { replicas: 2 } },
      /web.replicas is 2, .*ReadWriteMany.* or recording.storageBackend to s3/,
    ],
    [{ worker: { replicas: 2 } }, /worker.replicas is 2, .*ReadWriteMany/],
    [{ autoscaling: { enabled: true } }, /autoscaling.maxReplicas is 6, .*ReadWriteMany/],
    [{ autoscaling: { minReplicas: 9 } }, /minReplicas is 9 and autoscaling.maxReplicas 6/],
    [
      {
        web: { replicas: 2 },
        persistence: { accessMode: "ReadWriteMany" },
        sessions: { provider: "local" },
      },
      /web.replicas is 2, but sessions.provider is local/,
    ],
    [{ recording: { storageBackend: "s3" } }, /recording.s3.bucket is empty/],
    [{ s3: { accessKeyId: "key" } }, /Only one of s3.accessKeyId and s3.secretAccessKey/],
    [{ auth: { localAccounts: false } }, /nobody could sign in/],
    [
      { auth: { oidc: { issuer: "https://id" } } },
      /clientId is empty[^]*no client secret[^]*roleMap is empty/,
    ],
    [{ ingress: { enabled: true } }, /ingress.host is empty/],
    [{ webApps: { domain: "apps.example.org" } }, /webApps.domain is set, but not the address/],
    [
      {
        metrics: {
          enabled: false,
          serviceMonitor: { enabled: true },
          prometheusRule: { enabled: true },
        },
      },
      /serviceMonitor.enabled is true, .* nothing to read[^]*prometheusRule.enabled is true, .* ring for ever/,
    ],
  ])("%j", (values, sentence) => {
    expect(refusalOf(values)).toMatch(sentence);
  });
});

describe.skipIf(!canRender)(
  "an operator who mistypes a text is told what it is and what is allowed",
  () => {
    it.each<[Values, string]>([
      [
        { auth: { url: "https://example.org/sortie" } },
        'auth.url is "https://example.org/sortie"; allowed: the http or https address that users open, without a path',
      ],
      [
        { recording: { s3: { bucket: "s3://Recordings" } } },
        'recording.s3.bucket is "s3://Recordings"; allowed: the bucket\'s name alone, 3 to 63 lower-case letters',
      ],
      [
        { recording: { s3: { endpoint: "minio:9000" } } },
        'recording.s3.endpoint is "minio:9000"; allowed: an address that begins with http:// or https://.',
      ],
      [
        { recording: { s3: { prefix: "/recordings" } } },
        'recording.s3.prefix is "/recordings"; allowed: a prefix that ends with / and does not begin with it',
      ],
      [
        { recording: { storagePath: "recordings" } },
        'recording.storagePath is "recordings"; allowed: an absolute path',
      ],
      [
        { persistence: { size: "50 GB" } },
        'persistence.size is "50 GB"; allowed: a quantity such as',
      ],
      [
        { auth: { oidc: { scopes: "profile email" } } },
        'auth.oidc.scopes is "profile email"; allowed: scopes separated by spaces, openid among them.',
      ],
      [
        { auth: { oidc: { roleMap: { "a=b": "admin" } } } },
        'auth.oidc.roleMap has "a=b"; allowed: what the provider\'s claim says, without = and commas.',
      ],
      [
        { ingress: { host: "https://sortie.example.org" } },
        'ingress.host is "https://sortie.example.org"; allowed: a host name alone, without https://',
      ],
      [
        { webApps: { domain: "*.apps.example.org" } },
        'webApps.domain is "*.apps.example.org"; allowed: a domain in lower case',
      ],
      [{ image: { tag: "sortie:1" } }, 'image.tag is "sortie:1"; allowed: a tag alone'],
      [
        { sessions: { kubernetes: { imagePullSecrets: ["fine", "not so"] } } },
        'sessions.kubernetes.imagePullSecrets is "not so"; allowed: the name of an object in the cluster',
      ],
      [
        { sessions: { cluster: "east one" } },
        'sessions.cluster is "east one"; allowed: a cluster\'s name of at most 63 letters',
      ],
      [
        { podDisruptionBudget: { maxUnavailable: "some" } },
        'podDisruptionBudget.maxUnavailable is "some"; allowed: a number or a percentage',
      ],
    ])("%j", (values, sentence) => {
      expect(refusalOf(values)).toContain(sentence);
    });

    it.each<[Values, string]>([
      [
        { auth: { secret: "sentinel" } },
        "auth.secret is (hidden); allowed: at least 32 random characters, such as those of `openssl rand -hex 32`",
      ],
      [
        { database: { url: "mysql://sentinel@db" } },
        "database.url is (hidden); allowed: a URL such as postgresql://user:password@host:5432/database",
      ],
      [
        { redis: { url: "sentinel:6379" } },
        "redis.url is (hidden); allowed: a redis:// or rediss:// URL",
      ],
    ])("%j, without showing the secret", (values, sentence) => {
      const refusal = refusalOf(values);
      expect(refusal).toContain(sentence);
      expect(refusal).not.toContain("sentinel");
    });

    it("about several mistakes at once", () => {
      const refusal = refusalOf({ dataDir: "here", logLevel: "debug", web: { host: "" } });
      expect(refusal).toContain('dataDir is "here"; allowed: an absolute path');
      expect(refusal).toContain('web.host is ""; allowed: an address to listen on');
    });

    it("by no regular expression: the schema has none", async () => {
      const schema = await readFile("helm/values.schema.json", "utf8");
      expect(schema).not.toContain('"pattern"');
    });
  },
);

describe.skipIf(!canLookUp)("what was generated once", () => {
  const generated = (manifests: readonly Manifest[]) =>
    ofKind<ISecret>(manifests, "Secret").find(({ metadata }) =>
      metadata.name.endsWith("-generated"),
    );

  it("is long, is not the same twice, and stays when the release goes", () => {
    const first = environmentOf(renderChart(LEAST), "web");
    const second = environmentOf(renderChart(LEAST), "web");
    for (const name of ["NEXTAUTH_SECRET", "SORTIE_ADMIN_PASSWORD"]) {
      expect(first[name]?.value).toMatch(/^\w{48}$/);
      expect(first[name]?.value).not.toBe(second[name]?.value);
    }
    expect(generated(renderChart(LEAST))?.metadata.annotations).toEqual({
      "helm.sh/resource-policy": "keep",
    });
  });

  it("is kept through upgrades, also what values stand in for at the moment", () => {
    const installed = generated(renderChart(LEAST))!;
    const inCluster = {
      ...installed,
      metadata: { ...installed.metadata, namespace: "recordings" },
    };
    const upgraded = renderUpgrade({ ...LEAST, logLevel: "debug" }, [inCluster]);
    expect(generated(upgraded)?.data).toEqual(installed.data);
    const own = { administrator: { password: "mine" } };
    expect(generated(renderUpgrade({ ...LEAST, auth: own }, [inCluster]))?.data).toEqual(
      installed.data,
    );
  });
});

describe.skipIf(!canLookUp)("after the installation an operator reads", () => {
  it("where to open it and where the generated password is", () => {
    expect(renderNotes(LEAST)).toContain("port-forward service/demo-sortie 3000:80");
    expect(renderNotes(LEAST)).toContain("get secret demo-sortie-generated");
    const notes = renderNotes(CASES["S3 with keys, and everything that can be switched on"]!);
    expect(notes).toContain("https://sortie.example.org");
    expect(notes).toContain("Sign in as root with the password you gave.");
  });
});

it("the README's tables of values are those of values.yaml (else: npm run chart:readme)", async () => {
  const readme = await readFile("helm/README.md", "utf8");
  const tables = valuesTables(await readFile("helm/values.yaml", "utf8"));
  expect(await withTables(readme, tables)).toBe(readme);
});

it("the chart installs this version of the product", async () => {
  const chart = parse(await readFile("helm/Chart.yaml", "utf8")) as { appVersion: string };
  expect(await readJson("package.json")).toMatchObject({ version: chart.appVersion });
});

it("recording has exactly the promised values", async () => {
  const { recording } = parse(await readFile("helm/values.yaml", "utf8")) as Values;
  expect(recording).toEqual({
    enabled: false,
    storageBackend: "local",
    storagePath: "/data/recordings",
    maxSizeMB: 500,
    retentionDays: 0,
    s3: { bucket: "", region: "us-east-1", endpoint: "", prefix: "recordings/" },
  });
});
