import type { NextConfig } from "next";

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run validate` checks types; doing it again on each build would only make the start slower.
  typescript: { ignoreBuildErrors: true },
  // Lets a page answer 403 with `app/forbidden.tsx`; see `requirePage`.
  experimental: { authInterrupts: true },
  // Loaded as they are: they bring native code, WebAssembly or workers of their own.
  serverExternalPackages: [
    "@prisma/client",
    "@prisma/adapter-pg",
    "pg",
    "pino",
    "prom-client",
    "bullmq",
    "ioredis",
    "@kubernetes/client-node",
    "dockerode",
  ],
};

export default config;
