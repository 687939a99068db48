"""What `booking` compares the product with: the same server around one durable insert, by group commit or by an ORM session."""

import asyncio
import queue
import sqlite3
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import uvicorn
from sqlalchemy import event
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

TABLE = "CREATE TABLE IF NOT EXISTS taken (id INTEGER PRIMARY KEY, slot_id INTEGER NOT NULL, made_at INTEGER NOT NULL)"


class GroupCommit:
    """One thread writes all that is queued, commits once, then answers everybody."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._loop = asyncio.get_running_loop()
        self._asked: queue.SimpleQueue[tuple[int, asyncio.Future[int]]] = queue.SimpleQueue()
        threading.Thread(target=self._write, daemon=True).start()

    async def insert(self, slot_id: int) -> int:
        future: asyncio.Future[int] = self._loop.create_future()
        self._asked.put((slot_id, future))
        return await future

    def _write(self) -> None:
        connection = sqlite3.connect(self._path, isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(TABLE)
        while True:
            batch = [self._asked.get()]
            while not self._asked.empty():
                batch.append(self._asked.get())
            connection.execute("BEGIN IMMEDIATE")
            ids = [
                connection.execute(
                    "INSERT INTO taken (slot_id, made_at) VALUES (?, 0) RETURNING id", (slot_id,)
                ).fetchone()[0]
                for slot_id, _ in batch
            ]
            connection.execute("COMMIT")
            self._loop.call_soon_threadsafe(self._answer, batch, ids)

    def _answer(self, batch: list[tuple[int, "asyncio.Future[int]"]], ids: list[int]) -> None:
        for (_, future), row_id in zip(batch, ids, strict=True):
            future.set_result(row_id)


class Base(DeclarativeBase):
    pass


class Taken(Base):
    __tablename__ = "taken"
    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int]
    made_at: Mapped[int]


def bare(path: Path) -> Starlette:
    """One durable insert under group commit, and nothing else."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.writer = GroupCommit(path)
        yield

    async def book(request: Request) -> JSONResponse:
        row_id = await request.app.state.writer.insert(int(request.path_params["slot"]))
        return JSONResponse({"id": row_id}, 201)

    return Starlette(routes=[Route("/slots/{slot}", book, methods=["POST"])], lifespan=lifespan)


def orm(path: Path) -> Starlette:
    """The same insert through one asynchronous ORM session for each request."""
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", connect_args={"timeout": 60})

    @event.listens_for(engine.sync_engine, "connect")
    def durable(connection: sqlite3.Connection, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    sessions = async_sessionmaker(engine)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with engine.begin() as connection:
            await connection.exec_driver_sql(TABLE)
        yield
        await engine.dispose()

    async def book(request: Request) -> JSONResponse:
        async with sessions() as session, session.begin():
            row = Taken(slot_id=int(request.path_params["slot"]), made_at=0)
            session.add(row)
            await session.flush()
            row_id = row.id
        return JSONResponse({"id": row_id}, 201)

    return Starlette(routes=[Route("/slots/{slot}", book, methods=["POST"])], lifespan=lifespan)


if __name__ == "__main__":
    kind, file, port = sys.argv[1:]
    app = {"bare": bare, "orm": orm}[kind](Path(file))
    uvicorn.run(app, host="127.0.0.1", port=int(port), loop="uvloop", http="httptools", log_level="error")
