# The application from its locks: every package by its hash, and nothing to build with left inside.
FROM python:3.11-slim-bookworm AS build
WORKDIR /build
COPY locks/build.txt locks/
RUN pip install --no-cache-dir --require-hashes --requirement locks/build.txt
COPY pyproject.toml README.md LICENSE ./
COPY domain domain
COPY contracts contracts
COPY projections projections
COPY services services
COPY adapters adapters
RUN pip wheel --no-deps --no-build-isolation --wheel-dir dist .

FROM python:3.11-slim-bookworm
COPY locks/product.txt /tmp/
RUN pip install --no-cache-dir --require-hashes --requirement /tmp/product.txt
RUN --mount=from=build,source=/build/dist,target=/tmp/dist \
    pip install --no-cache-dir --no-deps --no-index /tmp/dist/*.whl
USER 1000:1000
ENTRYPOINT ["tsunagu"]
