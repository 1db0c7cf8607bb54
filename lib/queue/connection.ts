import { createPostgresBackend, type Processor, Queue, Worker, withBackend } from "bullmq";
import type { Config } from "@/lib/config/config";

/** Where jobs are kept. */
export type QueueConfig = Pick<Config, "redisUrl" | "databaseUrl">;

const QUEUE_NAME = "sortie";
/** BullMQ's own tables live beside ours, in a schema that Prisma does not look at. */
const SCHEMA = "bullmq";
const POOL_SIZE = 2;
/** A sweep may take an hour: what is due every minute must not wait for it. */
const TAKING = { autorun: false, concurrency: 4 };

const postgresClasses = withBackend(createPostgresBackend);

/** BullMQ's queue on Redis when there is one, else in the product's own PostgreSQL. */
export function openQueue(config: QueueConfig) {
  return config.redisUrl === undefined
    ? new postgresClasses.Queue(QUEUE_NAME, { connection: postgres(config.databaseUrl) })
    : new Queue(QUEUE_NAME, { connection: redis(config.redisUrl) });
}

/** BullMQ's consumer of the same queue. It takes jobs once `run` is called. */
export function openWorker(config: QueueConfig, process: Processor<unknown, unknown>) {
  return config.redisUrl === undefined
    ? new postgresClasses.Worker<unknown, unknown>(QUEUE_NAME, process, {
        connection: postgres(config.databaseUrl),
        ...TAKING,
      })
    : new Worker<unknown, unknown>(QUEUE_NAME, process, {
        connection: redis(config.redisUrl),
        ...TAKING,
      });
}

function redis(url: string) {
  // A worker waits for Redis to come back for as long as it takes.
  return { url, maxRetriesPerRequest: null };
}

function postgres(connectionString: string) {
  return { connectionString, schema: SCHEMA, migrate: true, max: POOL_SIZE };
}
