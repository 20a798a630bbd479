"""The addresses of the API about what people wrote."""

from django.urls import path

from callbacks.api.conversations import Conversations, OneConversation, Reply
from callbacks.api.inbound import Inbound

app_name = "api_callbacks"

urlpatterns = [
    path("conversations", Conversations.as_view(), name="conversations"),
    path("conversations/<int:number>", OneConversation.as_view(), name="conversation"),
    path("conversations/<int:number>/reply", Reply.as_view(), name="conversation_reply"),
    path("inbound", Inbound.as_view(), name="inbound"),
]
