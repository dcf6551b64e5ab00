# syntax=docker/dockerfile:1
# docker build -t packyard .
# docker run -d --name packyard -p 8080:8080 -v packyard:/data --stop-timeout 100 packyard
#
# deploy/compose.yaml shows it with PostgreSQL, S3, two servers and nginx.

ARG NODE=24-slim

# Everything that compiles stays in this stage.
FROM node:${NODE} AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY tools/build.mjs tools/build.mjs
COPY src src
RUN npm run build && find dist -name '*.map' -delete

FROM node:${NODE} AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# The stand-in for node:sqlite is for Node.js 20 only.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund && rm -rf node_modules/@photostructure

FROM node:${NODE}
LABEL org.opencontainers.image.title="Packyard" \
      org.opencontainers.image.description="One self-hosted server for every package a company builds or uses" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
    PACKYARD_HOST=0.0.0.0 \
    PACKYARD_DATA=/data
# Of all that lies in the image only /data may be written, so the rest can be mounted read-only (--read-only).
RUN install -d -m 0700 -o node -g node /data
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE CHANGELOG.md ./
COPY bin bin
COPY deploy/health-check.mjs deploy/health-check.mjs
USER node
VOLUME /data
EXPOSE 8080
# It drains: give it more than PACKYARD_DRAIN_SECONDS (docker stop --time 100).
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["node", "/app/deploy/health-check.mjs"]
ENTRYPOINT ["node", "/app/bin/packyard.cjs"]
CMD ["serve"]
