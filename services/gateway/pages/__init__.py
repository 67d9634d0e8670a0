"""The pages of Heed: one module for each family, templates and what they are made with beside them."""

from services.gateway.pages import break_glass, children, demonstration, my_heed, searching, serving, sign_in

PAGE_ROUTERS = (
    serving.router,
    my_heed.router,
    sign_in.router,
    children.router,
    break_glass.router,
    searching.router,
    demonstration.router,
)
