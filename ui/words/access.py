"""The words at the door: signing in and out, and what is said to those who are not let in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessWords:
    """The words of one language; what stands in braces is filled in by ``str.format``."""

    sign_in: str
    sign_out: str
    name: str
    password: str
    wrong: str
    wait: str
    crowded: str
    too_long: str
    unknown_host: str
    foreign_page: str


ZH = AccessWords(
    sign_in="登录",
    sign_out="退出登录",
    name="用户名",
    password="密码",
    wrong="用户名或密码不对。",
    wait="输错的次数太多，请过 {seconds} 秒再试。",
    crowded="现在登录的人太多，请过几秒钟再试。",
    too_long="输入的内容太长。",
    unknown_host="这里不以“{name}”这个名字提供服务。如果这就是本站的名字，请管理员启动时加上 --allow-host {name}。",
    foreign_page="这个请求来自别的网页，不予处理。请直接打开本站再试。",
)

EN = AccessWords(
    sign_in="Sign in",
    sign_out="Sign out",
    name="Name",
    password="Password",
    wrong="The name or the password is wrong.",
    wait="Too many wrong passwords. Please try again in {seconds} seconds.",
    crowded="Too many people are signing in right now. Please try again in a few seconds.",
    too_long="What was typed is too long.",
    unknown_host="Nothing is served here under the name {name}. If this is the name of the site, "
    "it has to be started with --allow-host {name}.",
    foreign_page="This request came from another web page and was not carried out. Please open this site itself.",
)
