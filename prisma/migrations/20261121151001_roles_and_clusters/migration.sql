-- AlterEnum
ALTER TYPE "Role" RENAME VALUE 'user' TO 'dev';
ALTER TYPE "Role" ADD VALUE 'ops' BEFORE 'dev';
ALTER TYPE "Role" ADD VALUE 'readonly' AFTER 'dev';

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "cluster" TEXT NOT NULL DEFAULT 'default';

-- AlterTable
ALTER TABLE "recordings" ADD COLUMN     "cluster" TEXT NOT NULL DEFAULT 'default';

-- CreateTable
CREATE TABLE "user_clusters" (
    "user_id" UUID NOT NULL,
    "cluster" TEXT NOT NULL,

    CONSTRAINT "user_clusters_pkey" PRIMARY KEY ("user_id","cluster")
);

-- CreateIndex
CREATE INDEX "sessions_cluster_created_at_id_idx" ON "sessions"("cluster", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "recordings_cluster_created_at_id_idx" ON "recordings"("cluster", "created_at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "user_clusters" ADD CONSTRAINT "user_clusters_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
