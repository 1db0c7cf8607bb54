-- Work that one process at a time does, such as comparing the storage with the database.
CREATE TABLE "leases" (
    "name" TEXT NOT NULL,
    "token" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leases_pkey" PRIMARY KEY ("name")
);
