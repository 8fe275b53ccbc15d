import asyncio
import json
from typing import Any

from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult, TextContent

from tests.ui.app.running import LIVE, served
from ui.app.api import Api
from ui.state.concurrency import ConcurrencyLimit

API = Api(LIVE, ConcurrencyLimit())


def told(result: CallToolResult) -> str:
    content = result.content[0]
    assert isinstance(content, TextContent)
    return content.text


async def used(url: str) -> tuple[dict[str, Any], dict[str, str], CallToolResult]:
    """The tools by their names, what each of some calls gives, and a call that cannot be answered."""
    async with streamable_http_client(url) as (read, write, _), ClientSession(read, write) as session:
        await session.initialize()
        tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        calls: dict[str, dict[str, Any]] = {
            "search": {"question": "用水量下降多少", "k": 2},
            "show": {"reference": "第二条"},
            "related": {"reference": "plan.txt#4"},
            "outline": {"document": "law.txt"},
        }
        found = {name: told(await session.call_tool(name, given)) for name, given in calls.items()}
        return tools, found, await session.call_tool("show", {"reference": "第九十九条"})


def test_programs_find_show_relate_and_outline_over_mcp() -> None:
    with served(mcp=True) as site:
        tools, found, missing = asyncio.run(used(f"{site.url}mcp"))
    assert set(tools) == {"search", "show", "related", "outline"}
    assert all(tool.annotations.readOnlyHint and "\n" in tool.description for tool in tools.values())
    assert set(tools["search"].inputSchema["properties"]) == {"question", "k", "documents"}
    assert json.loads(found["search"]) == json.loads(json.dumps(API.search("用水量下降多少", 2)))
    assert json.loads(found["show"])["passages"][0]["passage"] == "law.txt#2"
    assert json.loads(found["related"])["source"] == "plan.txt#4"
    assert [d["source"] for d in json.loads(found["outline"])["documents"]] == ["law.txt"]
    assert missing.isError
    assert "第九十九条" in told(missing)


def test_without_being_asked_for_there_is_no_mcp_server() -> None:
    with served() as site:
        assert site.ask("/mcp", "POST", "{}", Content_Type="application/json").status in (404, 405)
